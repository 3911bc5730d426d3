"""Skip-gram with negative sampling: what a step is, in which order samples come, whole tables or parts."""
