"""The pages, in process and in a real browser."""
