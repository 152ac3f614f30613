"""Temporal: the server, the worker, and telling workflows what facts mean."""
