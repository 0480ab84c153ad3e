// Real addresses: what stands in the address line can be sent to a colleague.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Listener = () => void;
const listeners = new Set<Listener>();
let moved = false;
// Whether one has gone from one view to another without the browser loading the page.
export const hasMoved = () => moved;
function tell() {
  moved = true;
  listeners.forEach((listener) => listener());
}
addEventListener('popstate', tell);

export function go(to: string, replace = false) {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  tell();
  if (!replace) scrollTo(0, 0);
}

export interface Place { path: string; query: URLSearchParams }
const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return place;
}

export function Link(props: { to: string; class?: string; children: ComponentChildren; current?: boolean }) {
  return (
    <a href={props.to} class={props.class} aria-current={props.current ? 'page' : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(props.to);
      }}>
      {props.children}
    </a>
  );
}
