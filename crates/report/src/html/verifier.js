"use strict";
// Checks a bundle with the module in this page. Nothing is sent anywhere: the page's policy forbids it.
(() => {
  const MOST = 512 * 1024 * 1024, MOST_FILES = 20000, MOST_LINES = 5000, MOST_LETTERS = 2000;
  const file = document.getElementById("bundle-file"), folder = document.getElementById("bundle-folder");
  const status = document.getElementById("verify-status"), list = document.getElementById("verify-checks");
  const box = document.querySelector(".verifier");
  const size = (bytes) => (bytes / 1048576).toFixed(1) + " MB";
  const fail = (words) => { throw new Error(words); };

  // Text of a bundle is its maker's: what turns other text round or hides is spelled out, and long text is cut.
  const shown = (text) => {
    const cut = text.length > MOST_LETTERS ? text.slice(0, MOST_LETTERS) + "…" : text;
    return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => "⟨U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
  };
  const say = (words) => { status.textContent = shown(words); };

  let compiled = null;
  const compile = async () => {
    if (!compiled) {
      const text = atob(document.getElementById("verifier-module").textContent.trim());
      compiled = await WebAssembly.compile(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    }
    return compiled;
  };

  // A ustar archive of files with their paths, as its parts in order.
  const octal = (number, digits) => number.toString(8).padStart(digits - 1, "0") + "\0";
  const header = (path, bytes) => {
    const encode = (text) => new TextEncoder().encode(text);
    let name = encode(path), prefix = encode("");
    if (name.length > 100) {
      const cuts = [...path.matchAll(/\//g)].map((slash) => slash.index);
      const cut = cuts.find((at) => encode(path.slice(at + 1)).length <= 100 && encode(path.slice(0, at)).length <= 155);
      if (!cut) fail("The path " + path + " is too long for an archive.");
      prefix = encode(path.slice(0, cut));
      name = encode(path.slice(cut + 1));
    }
    const block = new Uint8Array(512);
    const put = (at, text) => block.set(typeof text === "string" ? encode(text) : text, at);
    put(0, name); put(100, octal(0o644, 8)); put(108, octal(0, 8)); put(116, octal(0, 8));
    put(124, octal(bytes, 12)); put(136, octal(0, 12)); put(148, "        "); put(156, "0");
    put(257, "ustar\0" + "00"); put(345, prefix);
    put(148, octal(block.reduce((sum, byte) => sum + byte, 0), 7) + " ");
    return block;
  };
  const archive = (entries) => {
    const parts = [];
    const byPath = (a, b) => (a.path < b.path ? -1 : 1);
    for (const { path, file } of [...entries].sort(byPath)) {
      parts.push(header(path, file.size), file, new Uint8Array((512 - (file.size % 512)) % 512));
    }
    parts.push(new Uint8Array(1024));
    return parts;
  };

  // Writes parts, one after another, into the module's memory, chunk by chunk.
  const fill = async (memory, start, parts) => {
    let at = start;
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        new Uint8Array(memory.buffer).set(part, at);
        at += part.length;
        continue;
      }
      const end = at + part.size, reader = part.stream().getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (at + value.length > end) fail("A file grew while it was read.");
        new Uint8Array(memory.buffer).set(value, at);
        at += value.length;
      }
      if (at !== end) fail("A file shrank while it was read.");
    }
  };

  const run = async (parts) => {
    const length = parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0);
    if (length === 0) fail("It is empty.");
    if (length > MOST) fail("It is " + size(length) + "; this page reads up to " + size(MOST) + ". Use the command line.");
    const { exports } = await WebAssembly.instantiate(await compile(), {});
    let start;
    try { start = exports.hallmark_alloc(length) >>> 0; } catch { start = 0; }
    if (!start || start + length > exports.memory.buffer.byteLength) fail("There is not memory enough for " + size(length) + " in this page. Use the command line.");
    await fill(exports.memory, start, parts);
    say("Checking " + size(length) + " …");
    // The words above are painted before the module takes the thread.
    await new Promise((go) => setTimeout(go, 30));
    let packed;
    try {
      packed = BigInt.asUintN(64, exports.hallmark_verify(start, length));
    } catch (error) {
      fail("The verifier stopped and gives no answer (" + error.message + "). Use the command line.");
    }
    const place = Number(packed >> 32n), bytes = Number(packed & 0xffffffffn);
    if (place + bytes > exports.memory.buffer.byteLength) fail("The verifier's answer cannot be read.");
    const answer = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, place, bytes));
    exports.hallmark_free(place, bytes);
    const told = JSON.parse(answer);
    if (told.schema !== "hallmark/verify/1" || !Array.isArray(told.checks)) fail("The verifier's answer is not one that this page reads.");
    return told;
  };

  const show = (told) => {
    const count = (verdict) => told.checks.filter((check) => check.verdict === verdict).length;
    const [holds, fails] = [count("holds"), count("fails")], rest = told.checks.length - holds - fails;
    for (const check of told.checks.slice(0, MOST_LINES)) {
      const line = document.createElement("li"), verdict = document.createElement("span");
      const known = { "holds": "holds", "fails": "FAILS", "not-checked": "not checked" }[check.verdict];
      verdict.textContent = (known || "unknown verdict") + ": ";
      if (check.verdict !== "holds") verdict.className = check.verdict === "fails" ? "fails" : "missing";
      line.append(verdict, shown(String(check.what)), check.detail ? " (" + shown(String(check.detail)) + ")" : "");
      list.append(line);
    }
    const left = told.checks.length - MOST_LINES;
    const more = (left > 0 ? " The first " + MOST_LINES + " are listed." : "") + (rest ? " " + rest + " could not be checked with what the bundle discloses." : "");
    if (told.holds === true && fails === 0 && holds > 0) say("All " + holds + " checks that were made hold." + more);
    else say((fails ? fails + " of " + told.checks.length + " checks fail." : "The verifier does not say that the bundle holds.") + more);
  };

  let busy = false;
  const verify = async (name, parts) => {
    if (busy) return;
    busy = true;
    list.replaceChildren();
    say("Reading " + name + " …");
    try { show(await run(await parts())); } catch (error) { say("Not verified. " + error.message); }
    busy = false;
  };

  // Files of a folder that was dropped, with their paths in it. Browsers give a folder in two ways: by handles, or (older) by
  // entries, which some of them cannot read on a page that was opened from a file.
  const join = (path, name) => (path ? path + "/" + name : name);
  const add = (found, path, file) => {
    if (found.length >= MOST_FILES) fail("The folder has more than " + MOST_FILES + " files.");
    found.push({ path, file });
  };
  const byHandle = async (handle, path, found) => {
    for await (const [name, one] of handle.entries()) {
      if (one.kind === "directory") await byHandle(one, join(path, name), found);
      else add(found, join(path, name), await one.getFile());
    }
    return found;
  };
  const byEntry = async (entry, path, found) => {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((is, no) => reader.readEntries(is, no));
      if (!some.length) return found;
      for (const one of some) {
        if (one.isDirectory) await byEntry(one, join(path, one.name), found);
        else add(found, join(path, one.name), await new Promise((is, no) => one.file(is, no)));
      }
    }
  };
  const dropped = async (handle, entry) => {
    try {
      const folder = await handle;
      return archive(folder ? await byHandle(folder, "", []) : await byEntry(entry, "", []));
    } catch (error) {
      fail("This browser cannot read a folder that is dropped here (" + error.message + "). Choose it with the button, or drop a .tar file.");
    }
  };
  const chosen = (files) => {
    if (files.length > MOST_FILES) fail("The folder has more than " + MOST_FILES + " files.");
    return archive([...files].map((one) => ({ path: one.webkitRelativePath.split("/").slice(1).join("/"), file: one })));
  };

  file.addEventListener("change", () => { if (file.files.length) verify(file.files[0].name, () => [file.files[0]]); });
  folder.addEventListener("change", () => { if (folder.files.length) verify("the folder", () => chosen(folder.files)); });
  addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) box.classList.remove("over"); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    box.scrollIntoView({ block: "nearest" });
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    if (busy) return;
    list.replaceChildren();
    if (items.length !== 1) return say("Drop one .tar file or one folder.");
    const entry = items[0].webkitGetAsEntry(), one = items[0].getAsFile();
    if (entry && entry.isDirectory) {
      const handle = items[0].getAsFileSystemHandle ? items[0].getAsFileSystemHandle() : null;
      verify(entry.name, () => dropped(handle, entry));
    } else if (one) verify(one.name, () => [one]);
    else say("That cannot be read.");
  });
  file.disabled = folder.disabled = false;
  say("No bundle was read yet.");
})();
