// Runs before the first paint, so that a chosen theme never flashes. A file of its own: the policy allows no inline script.
const theme = localStorage.getItem('stepwell.theme')
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
