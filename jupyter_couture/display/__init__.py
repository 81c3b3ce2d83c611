"""What an object looks like as the last value of a notebook cell: HTML and SVG as text, without script and request.

Takes plain values, so that DAGs of a file and those of a server are drawn by one code. Nothing here is read before
something is shown.
"""
