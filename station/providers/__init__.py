"""What stands outside or could be bought: keys, PDF renderer, signatures, QR codes."""
