"""Everyone is told what concerns them: on the page, and by the channels that they opened."""
