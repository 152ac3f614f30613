"""The rules, tested without any of the world around them."""
