// Links inside HTML change pages without a reload: a plain click is handed to the server, which changes the page as a
// click in the menu would. With a modifier key, in a new tab, or when this fails, the link is the address it says.
export default function ({ setTriggerValue }) {
  const click = (event) => {
    const link = event.target.closest?.('[data-testid="stMain"] [data-testid="stHtml"] a[href]');
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.origin !== window.location.origin) return;
    event.preventDefault();
    setTriggerValue("to", link.getAttribute("href"));
  };
  document.addEventListener("click", click);
  return () => document.removeEventListener("click", click);
}
