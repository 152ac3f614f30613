"""The tests: sentences about what Gadelys does."""

import pytest

pytest.register_assert_rewrite("tests.given_when_then", "tests.domain.stories")
