"""What the pages say, by page. Markdown unless a function says otherwise; outside text in it is already safe."""
