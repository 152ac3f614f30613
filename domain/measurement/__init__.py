"""Measurements: what surveys and registers say of an area, and what owners tell."""
