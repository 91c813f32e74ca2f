// Demonstration copies only: one click on an account fills the form and leaves the focus on the button.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const account = event.target.closest("[data-fill-user]");
    if (!account) return;
    document.getElementById("id_username").value = account.dataset.fillUser;
    document.getElementById("id_password").value = account.dataset.fillPassword;
    document.querySelector("main form button").focus();
  });
})();
