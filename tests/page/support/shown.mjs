// The arguments as the page shows them, read back: what is marked is an escape, and a line that an escape ends goes on in the next one.

/** Gives the JSON text that somebody reads off the page. */
export function readBack(page) {
  return page.locator(".call pre").evaluate((pre) => {
    let text = "";
    let indent = 0;
    let goesOn = false;
    const walk = (node) => {
      if (node.nodeName === "MARK") {
        const code = /^\\u\{([0-9a-f]+)\}$/.exec(node.textContent);
        const character = code === null ? undefined : String.fromCodePoint(parseInt(code[1], 16));
        // JSON takes those of them as they are that are no control characters.
        text += character === undefined ? node.textContent : character < " " ? JSON.stringify(character).slice(1, -1) : character;
        goesOn = node.textContent === "\\n";
      } else if (node.nodeType === Node.TEXT_NODE) {
        const data = goesOn ? node.data.replace(new RegExp(`^\n {${indent + 2}}`), "") : node.data;
        goesOn = false;
        text += data;
        indent = /\n( *)[^\n]*$/.exec(data)?.[1].length ?? indent;
      } else node.childNodes.forEach(walk);
    };
    walk(pre);
    return text;
  });
}

/** Every element of the page that it does not make itself, with every attribute that it does not give. */
export function strangers(page) {
  return page.evaluate(() => {
    const known = new Set(
      "html head meta title style body header main div section form h1 h2 p span bdi br pre b mark code dl dt dd ul li a time blockquote label textarea input button".split(" "),
    );
    const given = new Set(
      "lang charset name content nonce class method type value for id maxlength aria-hidden aria-labelledby aria-describedby role datetime href".split(" "),
    );
    return [...document.querySelectorAll("*")].flatMap((element) => [
      ...(known.has(element.localName) ? [] : [element.outerHTML]),
      ...[...element.attributes].filter(({ name }) => !given.has(name)).map(({ name }) => `${element.localName} ${name}`),
    ]);
  });
}
