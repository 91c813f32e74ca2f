// A report goes to the printer as it stands.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
