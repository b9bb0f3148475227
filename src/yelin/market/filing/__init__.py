"""Trades filed with the agency, and what a filed contract gives, holds and ends."""
