"""The pages that people work in all day; every one of them works without JavaScript."""
