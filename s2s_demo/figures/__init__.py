"""Pictures: grids and rows of numbers in, plotly figures out. Nothing here knows torch or gradio."""
