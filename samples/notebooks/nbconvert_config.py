# How execute.mjs has nbconvert run notebooks. Deno's kernel may say that it is idle before it has
# sent a cell's result (deno 2.9), and nbclient takes what comes later for lost: this waits for it.

import time
from queue import Empty

from nbclient.util import ensure_async
from nbconvert.preprocessors import ExecutePreprocessor

LATE_S = 0.4
# What a notebook may take. nbclient ends the kernel then; killed itself, it would leave it behind.
LIMIT_S = 120

end = time.monotonic() + LIMIT_S


class PatientPreprocessor(ExecutePreprocessor):
    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        while True:
            try:
                msg = await ensure_async(self.kc.iopub_channel.get_msg(timeout=LATE_S))
            except Empty:
                return
            if msg["parent_header"].get("msg_id") == parent_msg_id:
                self.process_message(msg, cell, cell_index)


c = get_config()  # noqa: F821
c.NotebookExporter.preprocessors = [PatientPreprocessor]
c.PatientPreprocessor.enabled = True
c.PatientPreprocessor.timeout_func = lambda cell: max(1, int(end - time.monotonic()))
