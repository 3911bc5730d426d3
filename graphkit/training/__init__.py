"""Training of skip-gram: what a step is, in which order samples come, in whole tables or in parts."""
