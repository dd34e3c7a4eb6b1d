"""What the compiler's three trees have in common: the syntax tree, bound expressions, and plans.

Each tree is declared in one file (``syntax/ast.asdl``, ``bind/bound.asdl``, ``plan/nodes.asdl``), from which
``generate`` writes its classes::

    declarations   reads a file of declarations
    members        what a field holds, and the code that gets at it
    classes        writes the Python text of a class
    generate       the command: writes the three files, or says which is stale

The classes share a base and what can be done with any tree, none of it by recursion::

    fields         what an object of a declared class says of itself
    copies         copies, and trees as pickles
    compare        whether two trees say the same
    text           a tree on one line, and as JSON
    declared       the base classes, which offer all that

``dispatch`` holds tables from the class of a node to the function that handles it.
"""
