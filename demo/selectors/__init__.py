"""What the demonstration reads: how far the player is, what waits for whom, which steps of a tour are done."""
