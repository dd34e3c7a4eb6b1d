"""``python -m json_calls --calls N --seed S``: the calls whose answers differ; exit status 1 where one does."""

from __future__ import annotations

import argparse
import sys

from json_calls.runner import differences


def main() -> int:
    parser = argparse.ArgumentParser(description="Random calls of the JSON functions, asked of both engines.")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = differences(options.calls, options.seed)
    for each in found:
        print(each)
    print(f"{options.calls} calls, {len(found)} differ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
