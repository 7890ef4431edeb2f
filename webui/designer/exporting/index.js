import { download } from './file.js';

async function asPng(svg) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.naturalWidth * 2, picture.naturalHeight * 2];
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob(resolve, 'image/png'); });
}

/** Let the buttons marked `data-export` give out the diagram as BPMN, SVG or PNG. */
export function offerExports(modeler, name) {
  const kinds = {
    bpmn: async () => download(`${name}.bpmn`, 'application/xml', (await modeler.saveXML({ format: true })).xml),
    svg: async () => download(`${name}.svg`, 'image/svg+xml', (await modeler.saveSVG()).svg),
    png: async () => download(`${name}.png`, 'image/png', await asPng((await modeler.saveSVG()).svg)),
  };
  for (const button of document.querySelectorAll('[data-export]')) {
    button.addEventListener('click', () => {
      button.closest('details').open = false;
      kinds[button.dataset.export]();
    });
  }
}
