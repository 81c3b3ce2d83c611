/** The name of the lab's theme, for what cannot use CSS variables by itself. */
import { useEffect, useState } from 'react';

const ATTRIBUTES = ['data-jp-theme-name', 'data-jp-theme-light'];

function themeName(): string {
  return ATTRIBUTES.map(name => document.body.getAttribute(name) ?? '').join(' ');
}

/** Renewed once the styles of a newly chosen theme are there: only then the lab names it on the body. */
export function useTheme(): string {
  const [theme, setTheme] = useState(themeName);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(themeName()));
    observer.observe(document.body, { attributes: true, attributeFilter: ATTRIBUTES });
    return () => observer.disconnect();
  }, []);
  return theme;
}
