// The page: who is in, where one is, whether what is shown is up to date.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { OneAlert } from './alert';
import { Alerts } from './alerts';
import {
  ApiError, currentSession, endedBecause, findSession, logIn, loginIsElsewhere, logOut, onSession, refusedBecause,
} from './api';
import { OneConference } from './conference';
import { Conferences } from './conferences';
import { Distribution } from './distribution';
import { Figures } from './figures';
import { Inquiries } from './inquiries';
import { type LiveState, liveState, onLiveState, stopLive } from './live';
import { Heading, Problem, Text, Waiting } from './parts';
import { Link, usePlace } from './router';
import { Today } from './today';

const VIEWS = [['/', 'I dag'], ['/advis', 'Advis'], ['/konferencer', 'Konferencer'], ['/spoergsmaal', 'Spørgsmål'],
  ['/fordeling', 'Fordeling'], ['/tal', 'Tal og rapporter']] as const;

// All that is known of the municipality is its id: "faaborg-midtfyn".
const nameOf = (id: string) => id.split('-').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('-');

function View(props: { path: string }) {
  const { path } = props;
  if (path === '/') return <Today />;
  if (path === '/advis') return <Alerts />;
  if (path === '/fordeling') return <Distribution />;
  if (path === '/tal') return <Figures />;
  if (path === '/konferencer') return <Conferences />;
  if (path === '/spoergsmaal') return <Inquiries />;
  const alert = path.match(/^\/advis\/([A-Za-z0-9-]{5,20})$/);
  if (alert) return <OneAlert key={alert[1]} id={alert[1]} />;
  const conference = path.match(/^\/konferencer\/([A-Za-z0-9-]{5,20})$/);
  if (conference) return <OneConference key={conference[1]} id={conference[1]} />;
  return (
    <>
      <Heading>Siden findes ikke</Heading>
      <p><Link to="/">Til forsiden</Link></p>
    </>
  );
}

// The login of the proxy in front is over. Made anew in another tab, so that nothing goes that is
// being written here.
function LoginElsewhere() {
  return (
    <>
      <Heading>Log ind igen</Heading>
      <p role="status">{endedBecause()}</p>
      <p>Log ind i en ny fane, og kom så tilbage hertil: så går siden videre af sig selv.</p>
      <p><a class="button button-primary" href="/" target="_blank" rel="noopener">Log ind igen i en ny fane</a></p>
      <button class="button button-secondary" type="button" onClick={() => void findSession()}>Jeg er logget ind igen</button>
    </>
  );
}

function Login(props: { refused: ApiError | null }) {
  const [error, setError] = useState(props.refused && props.refused.status !== 401 ? props.refused : null);
  const [busy, setBusy] = useState(false);
  const enter = () => {
    setBusy(true);
    return logIn().then(() => setError(null), (caught) => setError(caught as ApiError)).finally(() => setBusy(false));
  };
  return (
    <>
      <Heading>Log ind</Heading>
      <p role="status">{endedBecause()}</p>
      {error && <Problem error={error} />}
      <p>Siden er for kommunens ungekoordinatorer. Alt, hvad du ser og gør her, bliver skrevet i loggen med dit navn.</p>
      <button class="button button-primary" type="button" disabled={busy} onClick={() => void enter()}>
        {busy ? 'Vent …' : 'Log ind'}</button>
    </>
  );
}

// Whoever is no coordinator here: a page of its own, with whom to ask.
function NoAccess(props: { error: ApiError }) {
  return (
    <>
      <Heading>Du har ikke adgang</Heading>
      <p>Siden er for kommunens ungekoordinatorer, og du er ikke registreret som en af dem.</p>
      <p>Skal du have adgang, så spørg <strong><Text>{props.error.contact || 'driften'}</Text></strong>. Sig, at{' '}
        {props.error.hint || 'du mangler rollen som ungekoordinator'}.</p>
      <p class="explanation">Har du fået adgang siden sidst, så prøv igen. Var du i gang med at skrive noget, er det her endnu.</p>
      <button class="button button-primary" type="button" onClick={() => void logIn().catch(() => undefined)}>Prøv igen</button>
    </>
  );
}

function Line(props: { state: LiveState }) {
  const text = !props.state.heard ? 'Forbindelsen er væk; der prøves igen. Det, du ser, kan være gammelt.'
    : !props.state.matcher ? 'Matcheren kan ikke nås; der prøves igen. Det, du ser, kan være gammelt.' : '';
  return <div role="status" class={text ? 'line line-broken' : 'line'}>{text}</div>;
}

function useLine(): LiveState {
  const [state, setState] = useState(liveState());
  const [late, setLate] = useState<LiveState>({ heard: true, matcher: true });
  useEffect(() => onLiveState(setState), []);
  // A moment without a line is nobody's concern.
  useEffect(() => {
    const timer = setTimeout(() => setLate(state), state.heard && state.matcher ? 0 : 1500);
    return () => clearTimeout(timer);
  }, [state]);
  return late;
}

function Page() {
  const [, setCount] = useState(0);
  const [refused, setRefused] = useState<ApiError | null>(null);
  const [looked, setLooked] = useState(false);
  const { path } = usePlace();
  const line = useLine();
  useEffect(() => onSession(() => setCount((count) => count + 1)), []);
  useEffect(() => {
    void findSession().then((error) => { setRefused(error); setLooked(true); });
  }, []);
  const session = currentSession(), noAccess = refusedBecause();
  useEffect(() => { if (!session) stopLive(); }, [session]);
  return (
    <>
      <a class="skipnav" href="#main" onClick={(event) => {
        event.preventDefault();
        document.getElementById('main')?.focus();
      }}>Spring til indhold</a>
      <header class="header">
        <div class="bar container">
          <p class="name"><Link to="/">Ungeindsats</Link>
            {session && <span class="municipality">{nameOf(session.municipality)}</span>}</p>
          {session && <>
            <nav aria-label="Hovedmenu"><ul>
              {VIEWS.map(([to, name]) => (
                <li key={to}><Link to={to} current={to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)}>{name}</Link></li>
              ))}
            </ul></nav>
            <p class="person">{session.person}
              <button class="button button-secondary button-small" type="button" onClick={() => void logOut()}>Log ud</button></p>
          </>}
        </div>
      </header>
      {session && <Line state={line} />}
      <main id="main" class="container page-container" tabIndex={-1}>
        {noAccess ? <NoAccess error={noAccess} /> : session ? <View path={path} /> : !looked ? <Waiting />
            : loginIsElsewhere() ? <LoginElsewhere /> : <Login refused={refused} />}
      </main>
    </>
  );
}

render(<Page />, document.getElementById('page')!);
