"""`SteadyBlocks`: Gradio's Blocks in which every listener ends in an answer or in one plain sentence.

All calls of all listeners, queued or not, and all of Gradio's own reading of what was sent pass through `process_api`: that is the one
place where they are guarded, so that no panel can forget it.
"""

from __future__ import annotations

import codecs
import logging
import math
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.caching import CacheMissError
from gradio.components import Checkbox, CheckboxGroup, Dataset, Dropdown, Number, Radio, Slider, Textbox
from gradio.components.api_component import Api
from gradio.processing_utils import check_all_files_in_cache

from s2s_demo.faults import brief
from s2s_demo.prediction import UserError
from s2s_demo.ui.server.connections import Connections
from s2s_demo.ui.server.queueing import MOST_WAITING, SteadyQueue
from s2s_demo.ui.server.sessions import LightSession, use_light_sessions
from s2s_demo.ui.words import lang_of, said, toast

LOG = logging.getLogger(__name__)


def _replaced(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "\ufffd".encode() * (error.end - error.start), error.end


codecs.register_error("replace_half", _replaced)
PLACES_SECONDS = 2


class SteadyBlocks(gr.Blocks):
    """A page.

    connections: who listens.
    """

    def __init__(self, **options: Any) -> None:
        use_light_sessions()
        self.connections = Connections()
        super().__init__(**options)

    def queue(self, *args: Any, **options: Any) -> SteadyBlocks:
        """As Gradio's, with a queue that one event cannot stop. Places in it are told every two seconds, not to everybody at every
        event, which is work that grows with the square of a hall."""
        options = {"status_update_rate": PLACES_SECONDS, "max_size": MOST_WAITING, **options}
        super().queue(*args, **options)
        self._queue = SteadyQueue(self._queue, self.connections)
        return self

    async def process_api(  # pyright: ignore[reportIncompatibleMethodOverride]  Gradio names all but the first two
        self, block_fn: Any, inputs: Any, state: Any = None, request: Any = None, **more: Any
    ) -> Any:
        """One call of one listener, from what was sent to what is sent back; every failure is one sentence."""
        lang = lang_of(request if isinstance(request, gr.Request) else None)
        function = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        self._miss_evicted(function, state, lang)
        event = more.get("event_data")
        if event is not None:
            event._data = _without_files(without_surrogates(event._data), function.name, lang)
        try:
            found = await super().process_api(
                function, without_surrogates(inputs), state=state, request=request, **more
            )
            found["data"] = without_surrogates(found["data"])
            return found
        except CacheMissError:
            raise
        except UserError as e:
            raise toast(e, lang) from None
        except gr.Error as e:
            if not e.print_exception:  # a panel's own sentence
                raise
            raise gr.Error(said("server.unfit", lang), print_exception=False) from None
        except Exception as e:
            LOG.error("the listener %s failed: %s", function.name, brief(e))
            raise gr.Error(said("problem", lang), print_exception=False) from None

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> list[Any]:
        """As Gradio's; whatever was sent that does not fit the page's components is a mistake of who sent it."""
        try:
            inputs = list(inputs)
            for i, (block, value) in enumerate(zip(block_fn.inputs, inputs, strict=False)):
                check_value(block, value)
                inputs[i] = empty_of(block) if value is None else value
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as e:
            if not e.print_exception:
                raise
        except UserError:
            raise
        except Exception as e:
            LOG.info("what was sent to the listener %s does not fit: %s", block_fn.name, brief(e))
        raise gr.Error("", print_exception=True)

    def _miss_evicted(self, function: Any, state: Any, lang: str) -> None:
        """Says once that a state which a listener asks for was let go."""
        if not isinstance(state, LightSession) or not state.evicted:
            return
        missed = {block._id for block in function.inputs} & state.evicted
        state.evicted -= missed
        if missed:
            raise gr.Error(said("server.evicted", lang), print_exception=False)


def _without_files(data: Any, listener: str | None, lang: str) -> Any:
    """The data of an event, in which Gradio would look for files and stumble over those that cannot be.

    Raises:
        gr.Error: it names a file that is not this page's.
    """
    try:
        check_all_files_in_cache(data)
    except Exception as e:
        LOG.info("the event sent to the listener %s does not fit: %s", listener, brief(e))
        raise gr.Error(said("server.unfit", lang), print_exception=False) from None
    return data


def without_surrogates(value: Any) -> Any:
    """The same value with "\ufffd" for halves of characters: JSON can name them, UTF-8 cannot, and the answer's whole stream would end."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace_half").decode("utf-8")
    if isinstance(value, list):
        return [without_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(one) for key, one in value.items()}
    return value


def empty_of(block: Block) -> Any:
    """What a panel gets where nothing was sent: what a browser sends of a component that is empty."""
    if isinstance(block, Textbox):
        return ""
    if isinstance(block, (Api, Slider)):
        return block.value
    several = isinstance(block, CheckboxGroup) or (isinstance(block, Dropdown) and block.multiselect)
    return [] if several else None


def check_value(block: Block, value: Any) -> None:
    """
    Raises:
        ValueError: no browser sends this as the value of such a component, and its own `preprocess` would let it through.
    """
    if isinstance(block, (Slider, Number)):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("not finite")
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise ValueError("not a number")
    elif isinstance(block, Textbox):
        if value is not None and not isinstance(value, str):
            raise ValueError("not a text")
    elif isinstance(block, Api):  # an argument of a function for programs
        left_out = value is None and block.value is not None
        if block.api_info().get("type") == "string" and not isinstance(value, str) and not left_out:
            raise ValueError("not a text")
    elif isinstance(block, Checkbox):
        if value is not None and not isinstance(value, bool):
            raise ValueError("not a mark")
    elif isinstance(block, Dropdown):  # where any text may be typed, anything else would pass as well
        chosen = value if isinstance(value, list) and block.multiselect else [value]
        if not all(one is None or isinstance(one, (str, int, float)) for one in chosen):
            raise ValueError("not a choice")
        if block.allow_custom_value and not all(one is None or isinstance(one, str) for one in chosen):
            raise ValueError("not a text")
    elif isinstance(block, Dataset):
        if type(value) is not int or not 0 <= value < len(block.raw_samples or ()):
            raise ValueError("no row of the samples")
    elif isinstance(block, Radio) and value is None and block.value is not None:
        raise ValueError("nothing chosen where something always is")
