// Gathers the boxes of all visible texts and controls, and says which of them overlap, stick out or are cut off.
(() => {
  const problems = [];
  const seen = (box) => box.width > 0.5 && box.height > 0.5;
  const name = (part) => (part.text || '').slice(0, 24) + '@' + part.where;
  const parts = [];
  const stage = document.querySelector('[data-testid=stage]');
  const room = document.querySelector('.stage-room');
  const roomBox = room.getBoundingClientRect();
  const stageBox = stage.getBoundingClientRect();

  // The texts of the stage, each with the shape that it belongs to.
  for (const text of stage.querySelectorAll('text')) {
    if (!text.textContent.trim()) continue;
    const box = text.getBoundingClientRect();
    if (!seen(box)) continue;
    const home = text.closest('.copy, .duty, .server, .coordinator, .client, .wait, .wall-label, .zone-name, .capsule, .ailment');
    parts.push({ box, text: text.textContent, where: 'stage', home });
  }
  const frame = { server: '.vessel', copy: '.body', coordinator: '.body', client: '.body', wait: 'rect', 'wall-label': 'rect', duty: 'rect' };
  for (const part of parts) {
    const kind = part.home && [...part.home.classList].find((one) => frame[one]);
    const shape = kind && part.home.querySelector(':scope > ' + frame[kind]);
    if (!shape) continue;
    const out = shape.getBoundingClientRect();
    const slack = 1.5;
    if (part.box.left < out.left - slack || part.box.right > out.right + slack || part.box.top < out.top - slack || part.box.bottom > out.bottom + slack) {
      if (!part.text.match(/^\+\d+$/)) problems.push('sticks out: ' + name(part) + ' of ' + kind);
    }
  }
  // A text is less high than its line.
  const lean = (box) => ({ left: box.left + 1, right: box.right - 1, top: box.top + box.height * 0.22, bottom: box.bottom - box.height * 0.22 });
  const meet = (one, two) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;
  for (let i = 0; i < parts.length; i += 1) {
    const one = lean(parts[i].box);
    for (let j = i + 1; j < parts.length; j += 1) {
      if (meet(one, lean(parts[j].box))) problems.push('overlap: ' + name(parts[i]) + ' and ' + name(parts[j]));
    }
    if (parts[i].box.left < stageBox.left - 1 || parts[i].box.right > stageBox.right + 1 || parts[i].box.top < stageBox.top - 1 || parts[i].box.bottom > stageBox.bottom + 1) {
      problems.push('off the stage: ' + name(parts[i]));
    }
  }
  // The shapes of the stage keep clear of each other.
  const shapes = [...stage.querySelectorAll('.server > .vessel, .coordinator > .body, .client > .body, .wait > rect, .wall-label > rect')]
    .map((shape) => ({ box: shape.getBoundingClientRect(), text: shape.parentNode.dataset.testid || shape.parentNode.getAttribute('class'), where: 'shape', wall: !!shape.closest('.wall-label') }));
  for (let i = 0; i < shapes.length; i += 1) {
    for (let j = i + 1; j < shapes.length; j += 1) {
      const [one, two] = [shapes[i], shapes[j]];
      const slack = (box) => ({ left: box.left + 1, right: box.right - 1, top: box.top + 1, bottom: box.bottom - 1 });
      if (meet(slack(one.box), slack(two.box))) problems.push('overlap: ' + name(one) + ' and ' + name(two));
    }
  }
  // The stage fits into its room, or its room scrolls; it is never wider.
  if (stageBox.width > roomBox.width + 1) problems.push('the stage is wider than its room: ' + stageBox.width + ' of ' + roomBox.width);
  if (stageBox.height > roomBox.height + 1 && getComputedStyle(room).overflowY === 'hidden') problems.push('the stage is cut off below');

  // The texts and controls of the other parts.
  const others = [];
  for (const area of document.querySelectorAll('.bar, .story, .tools, .side .tabs, .pane, footer .transport, footer .log-box, .nudge')) {
    const areaBox = area.getBoundingClientRect();
    if (!seen(areaBox)) continue;
    const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest('svg, select, option, textarea, .visually-hidden, .hidden, details:not([open]) > :not(summary), [aria-hidden=true], .marks, .bands')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!seen(box) || !parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      // Whoever cuts with an ellipsis does so on purpose, where the box allows it.
      let shown = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
      let cut = null;
      for (let up = parent; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        const clip = up.getBoundingClientRect();
        if (style.overflowX !== 'visible' && (shown.right > clip.right + 1 || shown.left < clip.left - 1)) {
          if (style.textOverflow !== 'ellipsis' && style.overflowX !== 'auto' && style.overflowX !== 'scroll') cut = up;
          shown.right = Math.min(shown.right, clip.right);
          shown.left = Math.max(shown.left, clip.left);
        }
        if (style.overflowY !== 'visible') {
          shown.top = Math.max(shown.top, clip.top);
          shown.bottom = Math.min(shown.bottom, clip.bottom);
        }
      }
      if (shown.bottom - shown.top < 2 || shown.right - shown.left < 2) continue;
      const part = { box: { ...shown, width: shown.right - shown.left, height: shown.bottom - shown.top }, text: node.textContent.trim(), where: area.className || area.tagName, parent, lines: range.getClientRects() };
      if (cut) problems.push('cut off: ' + name(part));
      if (shown.right > areaBox.right + 1 || shown.left < areaBox.left - 1) problems.push('outside of its area: ' + name(part));
      if (shown.right > innerWidth + 1) problems.push('off the screen: ' + name(part));
      others.push(part);
    }
  }
  for (let i = 0; i < others.length; i += 1) {
    for (let j = i + 1; j < others.length; j += 1) {
      const [one, two] = [others[i], others[j]];
      if (one.where !== two.where || one.parent.contains(two.parent) && one.parent !== two.parent && one.lines.length > 1 || two.parent.contains(one.parent) && two.lines.length > 1) continue;
      if (one.lines.length > 1 || two.lines.length > 1) continue;
      if (meet(lean(one.box), lean(two.box))) problems.push('overlap: ' + name(one) + ' and ' + name(two));
    }
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) problems.push('the page is wider than the screen');
  // On a large screen, the stage's room is not behind the tools or the footer.
  const tools = document.querySelector('.tools').getBoundingClientRect();
  if (roomBox.bottom > tools.top + 1) problems.push('the stage is behind the tools');
  return [...new Set(problems)];
})()
