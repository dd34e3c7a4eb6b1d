"""What every test shares: the mode under test, data beside the checkout, Hypothesis profiles, golden updates."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

import foundrydb
from foundrydb.compiler.pipeline import PROGRAM_WATCHERS
from foundrydb.edition import mode
from foundrydb.vm.verify import verify

SHARED = Path(os.environ.get("FOUNDRYDB_SHARED", str(Path(__file__).resolve().parents[2] / "shared")))
MODE = mode()

hypothesis.settings.register_profile("dev", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens", action="store_true", help="rewrite tests/goldens from what comes out"
    )


def pytest_report_header(config: pytest.Config) -> str:
    return f"foundrydb: {MODE}, from {Path(str(foundrydb.__file__)).parent}"


def pytest_configure(config: pytest.Config) -> None:
    expected = os.environ.get("FOUNDRYDB_EXPECT")
    if expected and expected != MODE:
        raise pytest.UsageError(f"the {expected} package is to be tested, but the {MODE} one is installed")
    PROGRAM_WATCHERS.append(verify)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the checkout; the test is skipped where there is none.

    FOUNDRYDB_NO_SKIP=1 makes its absence a failure.
    """
    if not SHARED.is_dir():
        message = f"no data folder at {SHARED} (FOUNDRYDB_SHARED names another)"
        if os.environ.get("FOUNDRYDB_NO_SKIP") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return SHARED
