// A runtime for bundles, written from the numbered steps of a bundle's README.md and from nothing else of this project: what another team would write.
//   node consumer.js BUNDLE tensors DIR    decodes and resizes the PNG pictures of all tests into DIR/TEST.rgb
//   node consumer.js BUNDLE answers        runs every model on every tensor of selfTest.inference and prints "ENCODING TEST PROBABILITY"
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const [folder, what, out] = process.argv.slice(2);
const at = file => path.join(folder, file);

// Steps 1 and 2.
const bundle = JSON.parse(fs.readFileSync(at('bundle.json'), 'utf8'));
if (bundle.schemaVersion !== 1) {
  throw new Error(`schema version ${bundle.schemaVersion}`);
}

for (const file of bundle.files) {
  const bytes = fs.readFileSync(at(file.path));
  if (bytes.length !== file.bytes || crypto.createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
    throw new Error(`${file.path} is another file`);
  }
}

if (what === 'tensors') {
  for (const test of [...bundle.selfTest.decoding, ...bundle.selfTest.inference].filter(one => one.picture.endsWith('.png'))) {
    fs.writeFileSync(path.join(out, `${test.name}.rgb`), resize(decodePng(fs.readFileSync(at(test.picture))), bundle.input.width, bundle.input.height));
  }
} else {
  answer();
}

// Steps 3, 6 and 7, for every model.
async function answer() {
  Object.assign(process.env, bundle.environment);
  const ort = require('onnxruntime-node');
  for (const encoding of bundle.encodings) {
    const session = await ort.InferenceSession.create(at(encoding.file), { intraOpNumThreads: 1 });
    for (const test of bundle.selfTest.inference) {
      const pixels = new Uint8Array(fs.readFileSync(at(test.tensor)));
      const result = await session.run({ [bundle.input.tensor]: new ort.Tensor('uint8', pixels, [1, bundle.input.height, bundle.input.width, 3]) });
      console.log(`${encoding.name} ${test.name} ${result[bundle.output.tensor].data[0]}`);
    }
  }
}

// Step 4, for PNG of 8-bit RGB (PNG specification, sections 5 and 9).
function decodePng(file) {
  let [width, height] = [0, 0];
  const packed = [];
  for (let start = 8; start < file.length; start += 12 + file.readUInt32BE(start)) {
    const content = file.subarray(start + 8, start + 8 + file.readUInt32BE(start));
    const kind = file.toString('latin1', start + 4, start + 8);
    if (kind === 'IHDR') {
      [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
    } else if (kind === 'IDAT') {
      packed.push(content);
    }
  }

  const rows = zlib.inflateSync(Buffer.concat(packed));
  const [pixels, stride] = [Buffer.alloc(width * height * 3), width * 3];
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < 3 ? 0 : pixels[y * stride + x - 3];
      const up = y === 0 ? 0 : pixels[(y - 1) * stride + x];
      const corner = x < 3 || y === 0 ? 0 : pixels[(y - 1) * stride + x - 3];
      pixels[y * stride + x] = rows[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }

  return { width, height, pixels };
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

// Step 5, in whole numbers; "squash" only.
function resize(image, width, height) {
  const [rows, columns] = [weights(image.width, width), weights(image.height, height)];
  const half = Buffer.alloc(width * image.height * 3);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width * 3; x++) {
      const { first, whole } = rows[Math.floor(x / 3)];
      half[y * width * 3 + x] = level(whole, j => image.pixels[(y * image.width + first + j) * 3 + (x % 3)]);
    }
  }

  const result = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    const { first, whole } = columns[y];
    for (let x = 0; x < width * 3; x++) {
      result[y * width * 3 + x] = level(whole, j => half[(first + j) * width * 3 + x]);
    }
  }

  return result;
}

function weights(n, m) {
  const scale = n / m;
  const reach = Math.max(scale, 1);
  return Array.from({ length: m }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(n, Math.floor(centre + reach + 0.5));
    const exact = Array.from({ length: end - first }, (_, j) => Math.max(0, 1 - Math.abs(first + j + 0.5 - centre) / reach));
    const sum = exact.reduce((a, b) => a + b);
    return { first, whole: exact.map(weight => Math.floor(weight / sum * 2 ** 22 + 0.5)) };
  });
}

function level(whole, pixel) {
  let sum = 2 ** 21;
  whole.forEach((weight, j) => sum += weight * pixel(j));
  return Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22)));
}
