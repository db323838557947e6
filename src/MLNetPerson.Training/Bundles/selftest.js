// Tests a runtime against this bundle. Node 16 or later; nothing to install but onnxruntime-node, and that only where models are run here.
//
//   node selftest.js                         files and, by onnxruntime-node, every model's answers
//   node selftest.js --answers FILE          files, and the answers that your own runtime gave: lines "ENCODING TEST PROBABILITY"
//   node selftest.js --decoded DIR           files, and the tensors that your own decoder made: DIR/TEST.rgb
//   node selftest.js --time 5 [--threads 4]  besides: how long each model takes on this machine, in milliseconds a picture
//   --encoding NAME                          only this model (may be repeated)
//
// Exit code 0: all that was tested is right. 1: something is not, or could not be tested.
'use strict';
// Before onnxruntime-node is loaded: from version 1.29 on ONNX Runtime sends telemetry unless it is told not to.
process.env.ORT_DISABLE_TELEMETRY = process.env.ORT_DISABLE_TELEMETRY || '1';
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.dirname(path.resolve(__filename));
const options = parse(process.argv.slice(2));
const bundle = JSON.parse(fs.readFileSync(path.join(root, 'bundle.json'), 'utf8'));
let wrong = 0;

main().then(() => {
  console.log(wrong === 0 ? 'PASSED' : `FAILED: ${wrong} wrong`);
  process.exitCode = wrong === 0 ? 0 : 1;
}, error => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});

async function main() {
  if (bundle.schemaVersion !== 1) {
    throw new Error(`bundle.json is of schema version ${bundle.schemaVersion}, this program reads version 1.`);
  }

  checkFiles();
  if (options.decoded) {
    checkDecoded(options.decoded);
  }

  const encodings = chosen();
  if (options.answers) {
    checkAnswers(readAnswers(options.answers), encodings);
  } else if (!options.decoded) {
    await runModels(encodings);
  }
}

function checkFiles() {
  for (const file of bundle.files) {
    const full = path.join(root, file.path);
    const bytes = fs.existsSync(full) ? fs.readFileSync(full) : null;
    if (bytes === null) {
      report(false, `${file.path} is missing`);
    } else if (bytes.length !== file.bytes || sha256(bytes) !== file.sha256) {
      report(false, `${file.path} is not the file that bundle.json promises`);
    }
  }

  console.log(`files: ${bundle.files.length} checked`);
}

function checkDecoded(folder) {
  for (const test of bundle.selfTest.decoding) {
    const file = path.join(folder, `${test.name}.rgb`);
    if (!fs.existsSync(file)) {
      report(false, `decoding ${test.name}: there is no ${file}`);
      continue;
    }

    const [expected, given] = [fs.readFileSync(path.join(root, test.tensor)), fs.readFileSync(file)];
    if (given.length !== expected.length) {
      report(false, `decoding ${test.name}: ${given.length} bytes, ${expected.length} are expected (height * width * 3)`);
      continue;
    }

    let sum = 0;
    for (let i = 0; i < expected.length; i++) {
      sum += Math.abs(expected[i] - given[i]);
    }

    const difference = sum / expected.length;
    report(difference <= test.meanDifference, `decoding ${test.name}: off by ${difference.toFixed(3)} levels on average, ${test.meanDifference} are allowed (tests ${test.tests})`);
  }
}

function chosen() {
  const all = bundle.encodings.map(encoding => encoding.name);
  for (const name of options.encodings) {
    if (!all.includes(name)) {
      throw new Error(`There is no encoding '${name}' in this bundle; it has ${all.join(', ')}.`);
    }
  }

  return bundle.encodings.filter(encoding => options.encodings.length === 0 || options.encodings.includes(encoding.name));
}

function checkAnswers(answers, encodings) {
  for (const encoding of encodings) {
    let [largest, count] = [0, 0];
    for (const test of bundle.selfTest.inference) {
      const expected = test.expected[encoding.name];
      const given = answers.get(`${encoding.name} ${test.name}`);
      if (given === undefined) {
        report(false, `${encoding.name} ${test.name}: no answer`);
        continue;
      }

      const difference = Math.abs(given - expected.probability);
      const decision = given >= Math.fround(bundle.threshold) ? bundle.labels[1] : bundle.labels[0];
      if (!(difference <= encoding.tolerance)) {
        report(false, `${encoding.name} ${test.name}: ${given}, expected ${expected.probability} within ${encoding.tolerance}`);
      } else if (expected.decision !== 'either' && expected.decision !== decision) {
        report(false, `${encoding.name} ${test.name}: decided ${decision}, expected ${expected.decision}`);
      }

      largest = Math.max(largest, difference);
      count++;
    }

    console.log(`${encoding.name}: ${count} answers, off by at most ${largest.toFixed(6)} (${encoding.tolerance} are allowed)`);
  }
}

function readAnswers(file) {
  const answers = new Map();
  for (const line of fs.readFileSync(file, 'utf8').split('\n').map(text => text.trim()).filter(text => text !== '')) {
    const parts = line.split(/\s+/);
    if (parts.length !== 3 || !Number.isFinite(Number(parts[2]))) {
      throw new Error(`'${line}' in ${file} is not "ENCODING TEST PROBABILITY".`);
    }

    answers.set(`${parts[0]} ${parts[1]}`, Number(parts[2]));
  }

  return answers;
}

async function runModels(encodings) {
  let ort;
  try {
    ort = require('onnxruntime-node');
  } catch (error) {
    throw new Error(`onnxruntime-node is not there (${error.message.split('\n')[0]}). Install it with npm, name its folder in NODE_PATH, or give the answers of your own runtime by --answers.`);
  }

  const { height, width, tensor } = bundle.input;
  const answers = new Map();
  const runnable = [];
  for (const encoding of encodings) {
    if (encoding.name === 'int8' && saturates()) {
      console.log('int8: left out, sums of 8-bit products overflow on this processor (x86 without VNNI); int8-portable is meant for it');
      continue;
    }

    runnable.push(encoding);
    const session = await ort.InferenceSession.create(path.join(root, encoding.file), { intraOpNumThreads: options.threads, interOpNumThreads: 1 });
    const run = async bytes => (await session.run({ [tensor]: new ort.Tensor('uint8', bytes, [1, height, width, 3]) }))[bundle.output.tensor].data[0];
    let pixels;
    for (const test of bundle.selfTest.inference) {
      pixels = new Uint8Array(fs.readFileSync(path.join(root, test.tensor)));
      answers.set(`${encoding.name} ${test.name}`, await run(pixels));
    }

    if (options.time > 0) {
      await time(encoding.name, () => run(pixels));
    }
  }

  checkAnswers(answers, runnable);
}

async function time(name, run) {
  const times = [];
  for (let i = 0; i < 10; i++) {
    await run();
  }

  const end = performanceNow() + options.time * 1000;
  while (performanceNow() < end || times.length < 20) {
    const start = performanceNow();
    await run();
    times.push(performanceNow() - start);
  }

  times.sort((a, b) => a - b);
  const at = share => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)].toFixed(2);
  console.log(`${name}: MEASURED on ${board()}, ${options.threads} threads, model alone: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ${(1000 / Number(at(0.5))).toFixed(1)} pictures a second, ${times.length} runs`);
}

function performanceNow() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function board() {
  const file = '/proc/device-tree/model';
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').replace(/\0/g, '').trim() : `${os.cpus()[0] ? os.cpus()[0].model.trim() : 'unknown'} (${process.arch})`;
}

function saturates() {
  if (process.arch !== 'x64') {
    return false;
  }

  const info = '/proc/cpuinfo';
  return fs.existsSync(info) && !/avx512_vnni|avx_vnni/.test(fs.readFileSync(info, 'utf8'));
}

function report(right, text) {
  wrong += right ? 0 : 1;
  console.log(`${right ? 'right' : 'WRONG'}: ${text}`);
}

function sha256(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex');
}

function parse(words) {
  const read = { encodings: [], threads: 1, time: 0 };
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    if (value === undefined) {
      fail(`${words[i]} needs a value`);
    }

    switch (words[i]) {
      case '--answers': read.answers = value; break;
      case '--decoded': read.decoded = value; break;
      case '--encoding': read.encodings.push(value); break;
      case '--time': read.time = number(words[i], value); break;
      case '--threads': read.threads = number(words[i], value); break;
      default: fail(`'${words[i]}' is no option`);
    }
  }

  return read;
}

function number(name, text) {
  const value = Number(text);
  return value > 0 ? value : fail(`${name} '${text}' is not a number above 0`);
}

function fail(text) {
  console.error(`error: ${text}. The options stand at the top of selftest.js.`);
  process.exit(1);
}
