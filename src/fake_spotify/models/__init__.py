"""What is sent to the fake Spotify, and what it answers."""
