"""Facts and rules: what can happen to a finding and a walk, and what may not."""
