"""The long proofs: each stands a real installation up, does its worst to it, and looks."""
