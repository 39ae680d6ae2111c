// Shows the page anew when a file of the content was saved.
const shown = document.body.dataset.version;

async function look() {
  try {
    const answer = await fetch("/preview/-/version");
    if (answer.ok && (await answer.text()) !== shown) location.reload();
  } catch {
    // The command was stopped; it may come back.
  }
}

setInterval(() => document.hidden || look(), 1000);
