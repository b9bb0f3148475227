"""One answer to: may this party do this to this thing now?"""
