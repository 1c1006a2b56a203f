#!/usr/bin/env node
import { commandLine } from './main.js';
await commandLine(process.argv.slice(2), import.meta.url);
