// SPDX-License-Identifier: MIT OR Apache-2.0
// navigator.gpu for browser.cpp, as a library of emscripten's. Objects of WebGPU are numbers to C++; 0 is none. Promises
// call back into C++ by `alkomp_web_answer`, and then wake it.
mergeInto(LibraryManager.library, {
  $web__deps: ['$webRestless'],
  $web: {
    objects: [null, null],  // 1 is the instance
    free: [],
    adapters: [],
    constants: {},

    keep: function (object) {
      const number = web.free.length ? web.free.pop() : web.objects.length;
      web.objects[number] = object;
      return number;
    },

    // Text that C++ frees.
    text: function (string) {
      const bytes = new TextEncoder().encode(string);
      const at = _malloc(bytes.length + 1) >>> 0;
      HEAPU8.set(bytes, at);
      HEAPU8[at + bytes.length] = 0;
      return at;
    },
    string: function (at, length) {
      return new TextDecoder().decode(HEAPU8.slice(at >>> 0, (at >>> 0) + length));
    },

    answer: function (request, code, object, text) {
      _alkomp_web_answer(request, code, object, text ? web.text(text) : 0);
      web.wake();
    },
    // Once for all answers of a turn. Who rests goes on by itself.
    wake: function () {
      if (webRestless.length) {
        for (const go of webRestless.splice(0)) go();
        return;
      }
      if (web.waking || web.resting) return;
      web.waking = true;
      queueMicrotask(() => {
        web.waking = false;
        if (!web.resting) _alkomp_web_wake();
      });
    },

    // The kinds of WGPUErrorType.
    kind: function (error) {
      if (error instanceof GPUValidationError) return 2;
      return error instanceof GPUOutOfMemoryError ? 3 : 4;
    },

    features: ['timestamp-query', 'shader-f16', 'subgroups'],
    limits: [
      'maxBindGroups', 'maxBindingsPerBindGroup', 'maxStorageBuffersPerShaderStage', 'maxUniformBuffersPerShaderStage',
      'minUniformBufferOffsetAlignment', 'minStorageBufferOffsetAlignment', 'maxComputeWorkgroupStorageSize',
      'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupSizeY',
      'maxComputeWorkgroupSizeZ', 'maxComputeWorkgroupsPerDimension', 'maxImmediateSize', 'maxUniformBufferBindingSize',
      'maxStorageBufferBindingSize', 'maxBufferSize',
    ],
    hasImmediates: function () {
      const language = navigator.gpu.wgslLanguageFeatures;
      return !!language && language.has('immediate_address_space') &&
        'setImmediates' in GPUComputePassEncoder.prototype;
    },

    // A new adapter each time: one that has made a device makes no other.
    ask: async function (options) {
      try {
        return await navigator.gpu.requestAdapter(options);
      } catch (refusal) {
        return null;
      }
    },
    same: function (a, b) {
      const words = (info) => [info.vendor, info.architecture, info.device, info.description].join('\n');
      return words(a.info) === words(b.info);
    },
  },
  $webRestless: [],

  // A build that runs C++ on a stack that can be left (WebAssembly.Suspending) waits; others cannot.
  alkomp_web_waits__deps: ['$web'],
  alkomp_web_waits: function () {
    return Module['alkompSuspends'] ? 1 : 0;
  },
  alkomp_web_rest__deps: ['$web', '$webRestless'],
  alkomp_web_rest: function (ms) {
    if (!Module['alkompSuspends']) return;
    web.resting = true;
    return new Promise((resolve) => {
      let timer;
      const go = () => {
        clearTimeout(timer);
        web.resting = false;
        resolve();
      };
      webRestless.push(go);
      timer = setTimeout(() => {
        const at = webRestless.indexOf(go);
        if (at >= 0) webRestless.splice(at, 1);
        go();
      }, Math.max(ms, 1));
    });
  },

  alkomp_web_request_adapters__deps: ['$web', 'malloc'],
  alkomp_web_request_adapters: function (request) {
    (async () => {
      web.adapters = [];
      if (typeof navigator !== 'undefined' && navigator.gpu) {
        for (const options of [{ powerPreference: 'high-performance' }, { powerPreference: 'low-power' }]) {
          const adapter = await web.ask(options);
          if (adapter && !web.adapters.some((known) => web.same(known.adapter, adapter)))
            web.adapters.push({ adapter, options });
        }
      }
      web.answer(request, web.adapters.length, 0, '');
    })();
  },
  alkomp_web_adapter__deps: ['$web'],
  alkomp_web_adapter: function (index) {
    return web.keep(web.adapters[index]);
  },
  alkomp_web_adapter_text__deps: ['$web'],
  alkomp_web_adapter_text: function (number, what) {
    const info = web.objects[number].adapter.info;
    const name = info.device || info.description || [info.vendor, info.architecture].filter(Boolean).join(' ');
    return web.text([info.vendor, info.architecture, name || 'a GPU that the browser does not name', info.description][what]);
  },
  alkomp_web_adapter_numbers__deps: ['$web'],
  alkomp_web_adapter_numbers: function (number, out) {
    const adapter = web.objects[number].adapter;
    const info = adapter.info;
    let features = 0;
    web.features.forEach((name, bit) => { if (adapter.features.has(name)) features |= 1 << bit; });
    if (web.hasImmediates()) features |= 1 << web.features.length;
    const numbers = [
      info.isFallbackAdapter || adapter.isFallbackAdapter ? 1 : 0,
      info.subgroupMinSize || 0, info.subgroupMaxSize || 0, features, ...web.limits.map((name) => adapter.limits[name] || 0),
    ];
    HEAPF64.set(numbers, (out >>> 0) / 8);
  },

  alkomp_web_request_device__deps: ['$web'],
  alkomp_web_request_device: function (number, features, request, lost, error) {
    (async () => {
      const of = web.objects[number];
      try {
        const adapter = of.used ? await web.ask(of.options) : of.adapter;
        of.used = true;
        if (!adapter) throw new Error('the browser gives no adapter any more');
        const requiredLimits = {};
        for (const name of web.limits) if (adapter.limits[name] !== undefined) requiredLimits[name] = adapter.limits[name];
        const device = await adapter.requestDevice({
          requiredFeatures: web.features.filter((name, bit) => features >> bit & 1),
          requiredLimits,
        });
        const made = web.keep(device);
        device.alkomp = { lost, error };
        device.lost.then((info) => {
          if (!device.alkomp) return;
          _alkomp_web_tell(lost, 0, web.text(info.message || info.reason || 'the browser does not say why'));
          web.wake();
        });
        device.addEventListener('uncapturederror', (event) => {
          if (!device.alkomp) return;
          event.preventDefault();
          _alkomp_web_tell(error, web.kind(event.error), web.text(event.error.message));
        });
        web.answer(request, 0, made, '');
      } catch (problem) {
        _alkomp_web_forget(lost);
        _alkomp_web_forget(error);
        web.answer(request, 1, 0, String(problem.message || problem));
      }
    })();
  },

  alkomp_web_release__deps: ['$web'],
  alkomp_web_release: function (number) {
    if (number < 2) return;
    web.objects[number] = null;
    web.free.push(number);
  },
  alkomp_web_destroy__deps: ['$web'],
  alkomp_web_destroy: function (number) {
    const object = web.objects[number];
    if (object.alkomp) {
      // A lost device tells nobody once its owner is gone.
      _alkomp_web_forget(object.alkomp.lost);
      _alkomp_web_forget(object.alkomp.error);
      object.alkomp = null;
    }
    object.destroy();
  },
  alkomp_web_queue__deps: ['$web'],
  alkomp_web_queue: function (device) {
    return web.keep(web.objects[device].queue);
  },

  alkomp_web_create_buffer__deps: ['$web'],
  alkomp_web_create_buffer: function (device, size, usage) {
    try {
      return web.keep(web.objects[device].createBuffer({ size, usage }));
    } catch (refusal) {
      return 0;  // not even an object that stands for the error
    }
  },
  alkomp_web_create_bind_group_layout__deps: ['$web'],
  alkomp_web_create_bind_group_layout: function (device, at, count) {
    const types = { 2: 'uniform', 3: 'storage', 4: 'read-only-storage' };
    const entries = [];
    for (let i = 0, word = (at >>> 0) / 4; i < count; ++i, word += 3) {
      entries.push({
        binding: HEAPU32[word],
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: types[HEAPU32[word + 1]], hasDynamicOffset: HEAPU32[word + 2] !== 0 },
      });
    }
    return web.keep(web.objects[device].createBindGroupLayout({ entries }));
  },
  alkomp_web_create_pipeline_layout__deps: ['$web'],
  alkomp_web_create_pipeline_layout: function (device, at, count, immediateSize) {
    const first = (at >>> 0) / 4;
    const bindGroupLayouts = Array.from(HEAPU32.subarray(first, first + count), (number) => web.objects[number]);
    const layout = { bindGroupLayouts };
    if (immediateSize) layout.immediateSize = immediateSize;
    return web.keep(web.objects[device].createPipelineLayout(layout));
  },
  alkomp_web_create_bind_group__deps: ['$web'],
  alkomp_web_create_bind_group: function (device, layout, at, count) {
    const entries = [];
    for (let i = 0, place = (at >>> 0) / 8; i < count; ++i, place += 4) {
      const buffer = web.objects[HEAPF64[place + 1]];
      entries.push({ binding: HEAPF64[place], resource: { buffer, offset: HEAPF64[place + 2], size: HEAPF64[place + 3] } });
    }
    return web.keep(web.objects[device].createBindGroup({ layout: web.objects[layout], entries }));
  },
  alkomp_web_create_shader_module__deps: ['$web'],
  alkomp_web_create_shader_module: function (device, code, length, label, labelLength) {
    return web.keep(web.objects[device].createShaderModule(
      { code: web.string(code, length), label: web.string(label, labelLength) }));
  },
  alkomp_web_add_constant__deps: ['$web'],
  alkomp_web_add_constant: function (key, length, value) {
    web.constants[web.string(key, length)] = value;
  },
  alkomp_web_create_compute_pipeline__deps: ['$web'],
  alkomp_web_create_compute_pipeline: function (device, layout, module, entry, length) {
    const constants = web.constants;
    web.constants = {};
    return web.keep(web.objects[device].createComputePipeline({
      layout: web.objects[layout],
      compute: { module: web.objects[module], entryPoint: web.string(entry, length), constants },
    }));
  },
  alkomp_web_create_query_set__deps: ['$web'],
  alkomp_web_create_query_set: function (device, count) {
    return web.keep(web.objects[device].createQuerySet({ type: 'timestamp', count }));
  },

  alkomp_web_create_encoder__deps: ['$web'],
  alkomp_web_create_encoder: function (device) {
    return web.keep(web.objects[device].createCommandEncoder());
  },
  alkomp_web_begin_pass__deps: ['$web'],
  alkomp_web_begin_pass: function (encoder, queries, index) {
    const pass = queries ? { timestampWrites: { querySet: web.objects[queries], beginningOfPassWriteIndex: index } } : {};
    return web.keep(web.objects[encoder].beginComputePass(pass));
  },
  alkomp_web_end_pass__deps: ['$web'],
  alkomp_web_end_pass: function (pass) {
    web.objects[pass].end();
  },
  alkomp_web_finish__deps: ['$web'],
  alkomp_web_finish: function (encoder) {
    return web.keep(web.objects[encoder].finish());
  },
  alkomp_web_clear__deps: ['$web'],
  alkomp_web_clear: function (encoder, buffer, offset, size) {
    web.objects[encoder].clearBuffer(web.objects[buffer], offset, size);
  },
  alkomp_web_copy__deps: ['$web'],
  alkomp_web_copy: function (encoder, from, fromOffset, to, toOffset, size) {
    web.objects[encoder].copyBufferToBuffer(web.objects[from], fromOffset, web.objects[to], toOffset, size);
  },
  alkomp_web_resolve__deps: ['$web'],
  alkomp_web_resolve: function (encoder, queries, first, count, to) {
    web.objects[encoder].resolveQuerySet(web.objects[queries], first, count, web.objects[to], 0);
  },
  alkomp_web_set_pipeline__deps: ['$web'],
  alkomp_web_set_pipeline: function (pass, pipeline) {
    web.objects[pass].setPipeline(web.objects[pipeline]);
  },
  alkomp_web_set_bind_group__deps: ['$web'],
  alkomp_web_set_bind_group: function (pass, number, group, count, offset) {
    if (count) web.objects[pass].setBindGroup(number, web.objects[group], HEAPU32, (offset >>> 0) / 4, count);
    else web.objects[pass].setBindGroup(number, web.objects[group]);
  },
  alkomp_web_set_immediates__deps: ['$web'],
  alkomp_web_set_immediates: function (pass, data, size) {
    web.objects[pass].setImmediates(0, HEAPU8, data >>> 0, size);
  },
  alkomp_web_dispatch__deps: ['$web'],
  alkomp_web_dispatch: function (pass, x, y, z) {
    web.objects[pass].dispatchWorkgroups(x >>> 0, y >>> 0, z >>> 0);
  },
  alkomp_web_dispatch_indirect__deps: ['$web'],
  alkomp_web_dispatch_indirect: function (pass, counts, offset) {
    web.objects[pass].dispatchWorkgroupsIndirect(web.objects[counts], offset);
  },
  alkomp_web_submit__deps: ['$web'],
  alkomp_web_submit: function (queue, count, at) {
    const first = (at >>> 0) / 4;
    web.objects[queue].submit(Array.from(HEAPU32.subarray(first, first + count), (number) => web.objects[number]));
  },
  alkomp_web_write__deps: ['$web'],
  alkomp_web_write: function (queue, buffer, offset, data, size) {
    web.objects[queue].writeBuffer(web.objects[buffer], offset, HEAPU8, data >>> 0, size);
  },
  alkomp_web_work_done__deps: ['$web'],
  alkomp_web_work_done: function (queue, request) {
    web.objects[queue].onSubmittedWorkDone().then(
      () => web.answer(request, 0, 0, ''), (problem) => web.answer(request, 1, 0, String(problem.message)));
  },
  alkomp_web_map__deps: ['$web'],
  alkomp_web_map: function (buffer, offset, size, request) {
    web.objects[buffer].mapAsync(GPUMapMode.READ, offset, size).then(
      () => web.answer(request, 0, 0, ''), (problem) => web.answer(request, 1, 0, String(problem.message)));
  },
  alkomp_web_read__deps: ['$web'],
  alkomp_web_read: function (buffer, offset, size, out) {
    try {
      HEAPU8.set(new Uint8Array(web.objects[buffer].getMappedRange(offset, size)), out >>> 0);
      return 1;
    } catch (refusal) {
      return 0;
    }
  },
  alkomp_web_unmap__deps: ['$web'],
  alkomp_web_unmap: function (buffer) {
    web.objects[buffer].unmap();
  },

  alkomp_web_push_error_scope__deps: ['$web'],
  alkomp_web_push_error_scope: function (device, memory) {
    web.objects[device].pushErrorScope(memory ? 'out-of-memory' : 'validation');
  },
  alkomp_web_pop_error_scope__deps: ['$web'],
  alkomp_web_pop_error_scope: function (device, request) {
    web.objects[device].popErrorScope().then(
      (error) => web.answer(request, error ? web.kind(error) : 1, 0, error ? error.message : ''),
      (problem) => web.answer(request, 1, 0, ''));  // the device is lost, which is told by itself
  },
});
