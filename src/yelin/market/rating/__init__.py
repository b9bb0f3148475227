"""What those who bought under a contract say of it, and what the other side answers."""
