// Lets softmax-audit judge a JavaScript function, with Node.js and its standard library only:
//
//     import * as audit from "./softmax_audit.mjs";
//
//     const {softmax} = await audit.load("@huggingface/transformers");
//     audit.implementation({name: "transformers.js", version: "4.3.1", formats: ["f64"]},
//                          audit.eachRow((row) => softmax(row)));
//     audit.serve();
//
// and then: softmax-audit check --worker 'node transformers.mjs'
//
// The function is called as function(x, {rows, cols, format, operation, dy, target}) and gives, or promises, its result. x is
// row-major: a Float32Array for f32, a Float64Array for f64, a Uint16Array of the bits for f16 and bf16; dy is like x (the
// backward operations), target a BigInt64Array, one a row (cross_entropy). The result is such an array, or a plain one, whose
// numbers are rounded to the format; log_sum_exp and cross_entropy give one element a row. One call of implementation for
// each operation, or {operations: [several]}; name, version, formats and instruction_set are stated once, in any of them.
// console.log goes to stderr: the standard output belongs to the program.

import fs from "node:fs";
import path from "node:path";
import {createRequire} from "node:module";
import {isatty} from "node:tty";
import {pathToFileURL} from "node:url";

const PROTOCOL = 1;
const OPERATIONS = ["softmax", "log_softmax", "log_sum_exp", "softmax_backward", "softmax_backward_from_output",
                    "cross_entropy", "sigmoid"];
const FORMATS = ["f16", "bf16", "f32", "f64"];
const ARRAYS = {f16: Uint16Array, bf16: Uint16Array, f32: Float32Array, f64: Float64Array};
const HEADER_BYTES = 64, MAGIC = 0x31414d53;
const [CALL, RESULT, REFUSED, ERROR] = [0, 1, 2, 3];
const [FLAG_SCALE, FLAG_DY, FLAG_TARGET] = [1, 4, 8];

for (const word of ["log", "info", "debug"]) console[word] = console.error;
process.stdout.write = process.stderr.write.bind(process.stderr);

const subject = {};          // what the handshake says of all functions
const served = new Map();    // by operation

// Thrown where the implementation does not answer such a question, and says so.
export class Refused extends Error {}

function flagsOf(operation) {
  if (operation === "cross_entropy") return FLAG_TARGET;
  return operation.startsWith("softmax_backward") ? FLAG_DY : 0;
}

export function implementation({name, version, formats, instruction_set, operation, operations}, run) {
  for (const each of operations ?? [operation ?? "softmax"]) {
    if (!OPERATIONS.includes(each)) throw new Error(`${each} is not an operation; the operations are ${OPERATIONS.join(", ")}`);
    if (served.has(each)) throw new Error(`${each} has two functions; a worker serves one function an operation`);
    served.set(each, run);
  }
  for (const format of formats ?? [])
    if (!FORMATS.includes(format)) throw new Error(`${format} is not a format; the formats are ${FORMATS.join(", ")}`);
  for (const [key, value] of Object.entries({name, version, formats, instruction_set})) {
    if (value === undefined) continue;
    if (key in subject && JSON.stringify(subject[key]) !== JSON.stringify(value))
      throw new Error(`a worker serves one subject: ${key} ${subject[key]} and ${value} contradict each other`);
    subject[key] = value;
  }
}

// For libraries that take one row: run(row, {...}) gives a row, or with one element a row a number.
export function eachRow(run) {
  return async (x, call) => {
    const results = [];
    for (let r = 0; r < call.rows; ++r) {
      const part = (array) => array?.slice(r * call.cols, (r + 1) * call.cols);
      const result = await run(part(x), {...call, rows: 1, dy: part(call.dy), target: call.target?.slice(r, r + 1)});
      if (typeof result === "number") results.push(result);
      else for (const value of result) results.push(value);
    }
    return results;
  };
}

// --- Packages: found in NODE_PATH, which modules do not heed by themselves ---

function folders() {
  return (process.env.NODE_PATH ?? "").split(path.delimiter).filter((folder) => folder).map((folder) => path.resolve(folder))
      .concat(path.resolve("node_modules"));
}

export function folderOf(name) {
  const found = folders().map((folder) => path.join(folder, name)).find((folder) => fs.existsSync(folder));
  if (!found) leave(`${name} is not installed: npm install ${name}`);
  return found;
}

export function versionOf(name) {
  return JSON.parse(fs.readFileSync(path.join(folderOf(name), "package.json"))).version;
}

// The module of a package, or of a file in it ("package/dist/file.js"); where that fails the program is told so.
export async function load(name) {
  const parts = name.split("/");
  const folder = folderOf(parts.slice(0, name.startsWith("@") ? 2 : 1).join("/"));
  const require = createRequire(path.join(folder, "package.json"));
  try {
    let file = path.join(path.dirname(folder), name);
    if (name.startsWith("@") && parts.length > 1) file = path.join(path.dirname(path.dirname(folder)), name);
    if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) {
      try {
        file = require.resolve(name); // by its own name, as its exports say
      } catch {
        file = require.resolve(folder);
      }
    }
    if (/\.mjs$/.test(file)) return await import(pathToFileURL(file));
    try {
      return require(file);
    } catch (error) {
      if (error.code !== "ERR_REQUIRE_ESM") throw error;
      return await import(pathToFileURL(file));
    }
  } catch (error) {
    leave(`${name} cannot be imported: ${String(error.message).split("\n")[0]}`);
  }
}

// --- The conversation ---

function read(bytes) {
  const buffer = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    let count = 0;
    try {
      count = fs.readSync(0, buffer, done, bytes - done, null);
    } catch (error) {
      if (error.code === "EAGAIN") continue;
      if (error.code !== "EOF") throw error;
    }
    if (count === 0) return null;
    done += count;
  }
  return buffer;
}

function readLine() {
  const bytes = [];
  for (;;) {
    const byte = read(1);
    if (byte === null) return null;
    if (byte[0] === 10) return Buffer.from(bytes).toString();
    bytes.push(byte[0]);
  }
}

function write(buffer) {
  for (let done = 0; done < buffer.length;) {
    try {
      done += fs.writeSync(1, buffer, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function writeLine(content) {
  write(Buffer.from(JSON.stringify(content) + "\n"));
}

function requireProgram() {
  if (!isatty(0)) return;
  console.error(`This is a worker: start it with softmax-audit check --worker 'node ${process.argv[1]}'`);
  process.exit(2);
}

// Says in the handshake why there is nothing to serve.
export function leave(reason) {
  requireProgram();
  readLine();
  writeLine({softmax_audit: PROTOCOL, error: "worker: " + reason});
  process.exit(2);
}

function bytesOf(result, Array, format, size) {
  if (result === null || typeof result !== "object" || result.length !== size)
    throw new Error(`the implementation returned ${result?.length ?? typeof result} elements; expected ${size}`);
  if (!(result instanceof Array)) {
    if (format === "f16" || format === "bf16") throw new Error(`results in ${format} are the bits in a Uint16Array`);
    result = Array.from(result);
  }
  return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
}

async function answer(header, payload) {
  const [operation, formatOfX, formatOfY, flags] = [16, 20, 24, 28].map((offset) => header.readUInt32LE(offset));
  const [rows, cols] = [32, 40].map((offset) => Number(header.readBigUInt64LE(offset)));
  const name = OPERATIONS[operation], format = FORMATS[formatOfX];
  if (!served.has(name)) throw new Error(`operation ${operation} is not offered`);
  if (formatOfX !== formatOfY || !subject.formats.includes(format))
    throw new Error(`formats ${formatOfX} and ${formatOfY} are not offered`);
  const needed = flagsOf(name);
  if ((flags & ~FLAG_SCALE) !== needed || flags & FLAG_SCALE) throw new Error(`flags ${flags} are not offered`);
  const Array = ARRAYS[format], size = rows * cols;
  const given = {rows, cols, format, operation: name};
  let offset = 0;
  const take = (Kind, count) => {
    const bytes = count * Kind.BYTES_PER_ELEMENT;
    if (offset + bytes > payload.length) throw new Error(`${payload.length} bytes are not the payload of ${rows} rows of ${cols}`);
    const array = new Kind(payload.buffer.slice(payload.byteOffset + offset, payload.byteOffset + offset + bytes));
    offset += bytes;
    return array;
  };
  const x = take(Array, size);
  if (needed & FLAG_DY) given.dy = take(Array, size);
  if (needed & FLAG_TARGET) given.target = take(BigInt64Array, rows);
  if (offset !== payload.length) throw new Error(`${payload.length} bytes are not the payload of ${rows} rows of ${cols}`);
  const before = x.slice();
  const result = await served.get(name)(x, given);
  if (Buffer.compare(Buffer.from(x.buffer), Buffer.from(before.buffer)) !== 0)
    throw new Error("the implementation wrote to its input x");
  return bytesOf(result, Array, format, name === "log_sum_exp" || name === "cross_entropy" ? rows : size);
}

// Answers until the program closes the wire.
export async function serve() {
  requireProgram();
  if (served.size === 0) leave("no function is declared with implementation()");
  if (readLine() === null) return;
  if (process.env.SOFTMAX_AUDIT_INSTRUCTION_SET) // what scripts/atlas chose, where the library does not tell
    subject.instruction_set ??= process.env.SOFTMAX_AUDIT_INSTRUCTION_SET;
  subject.name ??= path.basename(process.argv[1]);
  subject.version ??= "";
  subject.formats ??= ["f32"];
  writeLine({softmax_audit: PROTOCOL, ...subject, operations: [...served.keys()]});
  for (;;) {
    const header = read(HEADER_BYTES);
    if (header === null) break;
    if (header.readUInt32LE(0) !== MAGIC || header.readUInt32LE(4) !== CALL) {
      console.error("the program sent something that is not a call");
      process.exit(1);
    }
    const payload = read(Number(header.readBigUInt64LE(56)));
    if (payload === null) break;
    let kind = RESULT, content;
    try {
      content = await answer(header, payload);
    } catch (error) {
      if (!(error instanceof Refused)) console.error(error);
      kind = error instanceof Refused ? REFUSED : ERROR;
      content = Buffer.from(error instanceof Refused ? error.message : String(error));
    }
    header.writeUInt32LE(kind, 4);
    header.writeBigUInt64LE(BigInt(content.length), 56);
    write(Buffer.concat([header, content]));
  }
  process.exit(0); // whatever the library still has running
}
