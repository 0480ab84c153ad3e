// Files that our server makes, handed to the browser to keep.
import { fetchBody, type Fields } from './api';

export async function keepFile(path: string, fields: Fields, body?: string, ownName?: string): Promise<string> {
  const { blob, name: given } = await fetchBody(path, fields, body);
  const name = ownName ?? given;
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after this.
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  return name;
}

// A text file as people's spreadsheets save it: UTF-8, or Windows-1252 where it is none.
export async function readText(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
