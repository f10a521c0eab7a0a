// SPDX-License-Identifier: MIT OR Apache-2.0
// The device suite, or the corpus of kernels beside the reference device, in a page. Its waits leave the stack
// (WebAssembly.Suspending), so the page goes on meanwhile.
// usage: node device.mjs [corpus] [--gtest_filter=...] [VARIABLE=VALUE ...]
import { fileURLToPath } from 'node:url';
import { launch, serve } from './browser.mjs';

const folder = fileURLToPath(new URL('../../build/emscripten/web/test', import.meta.url));
const runsCorpus = process.argv[2] === 'corpus';
const program = runsCorpus ? 'alkomp-corpus-tests' : 'alkomp-device-tests';
const given = process.argv.slice(runsCorpus ? 3 : 2);
// Where a test wants what a page does not have.
const excluded = [
  'ScarceMemory.*', // a backend with a thread
  '*.a_forked_child_*',
  'Futures.complete_inside_poll*', // loops that poll and never rest
  'Streams.become_done_without_anyone_waiting*',
];
const filter = given.find((word) => word.startsWith('--gtest_filter='));
const words = given.filter((word) => word.startsWith('--'));
if (!filter && !runsCorpus) words.push(`--gtest_filter=*:-${excluded.join(':')}`);
const environment = {
  ALKOMP_TEST_BACKENDS: runsCorpus ? 'reference,webgpu' : 'webgpu', ALKOMP_REQUIRE: 'webgpu', ALKOMP_CACHE: '0', ALKOMP_DEVICE_PROGRAMS: '48',
};
for (const word of given.filter((item) => !item.startsWith('--'))) {
  const [name, ...value] = word.split('=');
  environment[name] = value.join('=');
}

const server = await serve(folder);
const browser = await launch();
const page = await browser.newPage();
let told = false;
page.on('console', (message) => console.log(message.text()));
page.on('pageerror', (error) => console.log(`the page: ${error.message}`));
await page.route('**/empty.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><link rel="icon" href="data:,">' }));
await page.goto(`${server.address}/empty.html`);
page.setDefaultTimeout(0);
const result = await Promise.race([
  page.evaluate(async ([name, argv, variables]) => {
    const { default: make } = await import(`/${name}.mjs`);
    let main;
    const module = await make({
      alkompSuspends: true,
      print: (text) => console.log(text),
      printErr: (text) => console.log(text),
      preRun: [(self) => Object.assign(self.ENV, variables)],
      instantiateWasm(imports, ready) {
        const rest = imports.env.alkomp_web_rest;
        imports.env.alkomp_web_rest = new WebAssembly.Suspending(rest);
        WebAssembly.instantiateStreaming(fetch(`/${name}.wasm`), imports).then(({ instance, module: compiled }) => {
          main = WebAssembly.promising(instance.exports.main);
          ready(instance, compiled);
        });
        return {};
      },
    });
    const words = [name, ...argv].map((word) => module.allocateUTF8(word));
    const at = module._malloc(4 * (words.length + 1));
    module.HEAPU32.set([...words, 0], at / 4);
    return main(words.length, at);
  }, [program, words, environment]).then((code) => { told = true; return code; }),
  new Promise((resolve) => page.on('crash', () => resolve('the page has crashed'))),
]).catch((problem) => String(problem.message));
await browser.close();
server.stop();
if (!told || result !== 0) {
  console.log(`${program}: ${told ? `exit status ${result}` : result}`);
  process.exit(1);
}
