// A drawing as a picture. The server sends drawings as SVG; the browser, which has the fonts, makes the PNG.
//
//   <a data-module="picture" data-name="name.png" href="…the drawing….svg" hidden>PNG</a>

const scale = 2; // for print and for slides

export function start(element: HTMLElement): void {
  const link = element as HTMLAnchorElement;
  link.hidden = false;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    void make(link).catch(() => location.assign(link.href)); // the drawing itself, where no picture can be made
  });
}

async function make(link: HTMLAnchorElement): Promise<void> {
  const answer = await fetch(link.href);
  if (!answer.ok) throw new Error(String(answer.status));
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const picture = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!picture) throw new Error("no picture");
  const file = URL.createObjectURL(picture);
  const save = document.createElement("a");
  save.href = file;
  save.download = link.dataset.name ?? "chart.png";
  save.click();
  setTimeout(() => URL.revokeObjectURL(file), 10_000);
}
