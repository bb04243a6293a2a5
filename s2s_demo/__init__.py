"""Seq2Seq is a framework, not an architecture: a task says what x and y are, an engine carries one to the other.

from s2s_demo import load, predict
predict(load("arithmetic", "lstm"), ["12+34"], look=True)
"""

from s2s_demo.checkpoint import load
from s2s_demo.explain import predict
from s2s_demo.places import stand_in

__all__ = ["load", "predict"]

stand_in()
