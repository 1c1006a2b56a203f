// One train step in a process of its own, as a runner starts it. Arguments: a JSON file with { inputs, workspace, env }; its report is one JSON line.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { registry } from '@mlops-actions/actions';
import { systemClock } from '@mlops-actions/core';
import { memoryHost } from '@mlops-actions/hosts';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';
