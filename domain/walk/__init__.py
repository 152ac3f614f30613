"""One safety walk: requested → planned → walked → reported back → closed."""
