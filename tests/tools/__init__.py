"""Programs that make or measure things for the tests."""
