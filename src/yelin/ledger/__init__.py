"""The tamper-evident log of every act."""
