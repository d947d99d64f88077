"""A fake Spotify in Development Mode, with invented music: for tests, and for trying things out.

It knows nothing of the client that calls it: what one of the two gets wrong, the other does not repeat.
"""
