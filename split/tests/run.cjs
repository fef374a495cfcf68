// Runs modules, whole and divided, and prints what they answered.
const fs = require("fs");
const [, , folder] = process.argv;
const NUMBERS = [-100, -1, 0, 1, 2, 3, 4, 6, 9, 100];

const answers = (exports, notes) => {
  const said = [];
  for (const [name, call] of Object.entries(exports)) {
    if (typeof call !== "function") continue;
    for (const x of NUMBERS) {
      for (const y of NUMBERS) {
        let answer;
        try {
          answer = String(call(x, y));
        } catch (error) {
          answer = error instanceof WebAssembly.RuntimeError ? "trap" : String(error);
        }
        said.push(`${name}(${x}, ${y}) = ${answer} ${notes.splice(0)}`);
      }
    }
  }
  return said;
};

const run = ({ first, late, from, to }) => {
  const notes = [];
  const host = { note: (value) => notes.push(value), twice: (value) => 2 * value };
  const imports = { host };
  let loads = 0;
  let instance = null;
  if (late) {
    imports.late = {
      load() {
        loads += 1;
        const offered = { ...instance.exports };
        for (let at = from; at < to; at++) offered[at - from] = instance.exports.functions.get(at);
        const module = new WebAssembly.Module(fs.readFileSync(late));
        new WebAssembly.Instance(module, { host, first: offered });
      },
    };
  }
  instance = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(first)), imports);
  const said = answers(instance.exports, notes);
  return { loads, said };
};

process.chdir(folder);
const cases = JSON.parse(fs.readFileSync("cases.json"));
const expected = run(cases.shift());
let wrong = 0;
let loads = 0;
cases.forEach((one) => {
  const found = run(one);
  loads += found.loads;
  const at = found.said.findIndex((line, number) => line !== expected.said[number]);
  if (found.loads > 1) {
    wrong += 1;
    console.log(`${one.first}: loaded ${found.loads} times`);
  } else if (at >= 0 || found.said.length !== expected.said.length) {
    wrong += 1;
    console.log(`${one.first}: ${found.said[at]} instead of ${expected.said[at]}`);
  }
});
console.log(`${cases.length} cases, ${expected.said.length} calls each, ${wrong} wrong, ${loads} loads`);
process.exit(wrong ? 1 : 0);
