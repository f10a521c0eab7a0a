// SPDX-License-Identifier: MIT OR Apache-2.0
// A folder served from localhost, and Chromium with WebGPU on SwiftShader, for the tests.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';

const types = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.wasm': 'application/wasm', '.json': 'application/json', '.png': 'image/png',
};

/** Serves a folder; resolves to its address and what stops it. */
export function serve(folder) {
  const server = createServer(async (request, response) => {
    try {
      const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
      const content = await readFile(join(folder, path));
      response.writeHead(200, { 'content-type': types[extname(path)] || 'application/octet-stream', 'content-length': content.length });
      response.end(content);
    } catch {
      response.writeHead(404);
      response.end('not there');
    }
  });
  return new Promise((resolve) => server.listen(0, 'localhost', () =>
    resolve({ address: `http://localhost:${server.address().port}`, stop: () => server.close() })));
}

/** Debian's Chromium, with or without WebGPU. */
export function launch({ webgpu = true } = {}) {
  return chromium.launch({
    executablePath: process.env.ALKOMP_CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-features=WebGPU'])],
  });
}

/** Runs named tests one after the other; exits with 1 when one fails. */
export async function run(tests) {
  const only = process.argv[2];
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    if (only && !name.includes(only)) continue;
    const start = Date.now();
    try {
      await test();
      console.log(`ok      ${name} (${Date.now() - start} ms)`);
    } catch (problem) {
      ++failed;
      console.log(`FAILED  ${name}\n${problem.stack || problem}`);
    }
  }
  return failed;
}
