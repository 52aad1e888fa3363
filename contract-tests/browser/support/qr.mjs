// Reads a code as a camera would: from the picture on the screen.

import jsQR from 'jsqr';

/** The text in the code that is somewhere in this element as it is shown. */
export async function scan(world, element) {
  const picture = (await element.screenshot()).toString('base64');
  const context = await world.browser.newContext();
  try {
    const page = await context.newPage();
    const { greys, width, height } = await page.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const drawing = canvas.getContext('2d');
      drawing.drawImage(image, 0, 0);
      const pixels = drawing.getImageData(0, 0, image.width, image.height);
      // One byte a pixel: a screen of them as JSON would take half a minute.
      let greys = '';
      for (let at = 0; at < pixels.data.length; at += 4) greys += String.fromCharCode(pixels.data[at + 1]);
      return { greys: btoa(greys), width: pixels.width, height: pixels.height };
    }, picture);
    const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
    Buffer.from(greys, 'base64').forEach((grey, at) => pixels.fill(grey, at * 4, at * 4 + 3));
    return jsQR(pixels, width, height)?.data;
  } finally {
    await context.close();
  }
}
