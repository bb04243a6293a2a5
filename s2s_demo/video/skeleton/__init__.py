"""A puppet: joints that move (body, batter, moves) and how a camera sees them (draw). Our own; numpy and Pillow only.

Axes in metres: x to the puppet's left when it faces +z, y up. A batter's pitcher stands at +x.
"""
