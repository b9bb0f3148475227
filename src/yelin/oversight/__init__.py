"""Following what is wrong until it is mended (监督): findings on the quality of releases."""
