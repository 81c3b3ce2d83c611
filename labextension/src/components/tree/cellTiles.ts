/**
 * The squares, on tiles that lie in the scrolled sheet.
 *
 * Each tile is a canvas of some rows and columns. It is painted when it comes near to what is in sight and then scrolls
 * with the sheet by itself, so that scrolling costs little; tiles far away are used again. Colours are those of the style
 * sheet, also after a change of the theme.
 */
import type { Grid } from '../../model/grid';
import { cellCode, isMany } from '../../model/gridCells';
import type { TreeRow } from '../../model/tree';
import { TASK_STATES, type TaskState } from '../../model/wire';
import { CELL, ROW, SQUARE } from './metrics';
import { Sprites } from './sprites';

const TILE_ROWS = 16;
const TILE_COLUMNS = 24;
const WIDTH = TILE_COLUMNS * CELL;
const HEIGHT = TILE_ROWS * ROW;
/** CSS pixels beyond what is in sight that are painted already. */
const MARGIN = 150;
const DIMMED = 0.16;
const BAND = 0.18;
const THEME_MS = 350;

export interface CellScene {
  readonly grid: Grid;
  readonly rows: readonly TreeRow[];
  readonly selectedRun: string | null;
  readonly selectedTask: string | null;
  /** Squares in other states are faint. */
  readonly highlight: TaskState | null;
}

/** What of the squares is in sight, in CSS pixels from the first of them. */
export interface CellArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class CellTiles {
  private scene: CellScene | null = null;
  private area: CellArea = { left: 0, top: 0, width: 0, height: 0 };
  private readonly tiles = new Map<string, HTMLCanvasElement>();
  private readonly unused: HTMLCanvasElement[] = [];
  private sprites: Sprites | null = null;
  private selectedColumn = -1;
  private frame: number | null = null;
  private timer: number | null = null;
  private readonly themes: MutationObserver;

  constructor(private readonly host: HTMLElement) {
    this.themes = new MutationObserver(() => this.onTheme());
    this.themes.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'class']
    });
  }

  /** Painted with the next frame. */
  setScene(scene: CellScene): void {
    this.scene = scene;
    this.selectedColumn = scene.grid.runs.findIndex(run => run.runId === scene.selectedRun);
    this.request();
  }

  /** Paints what comes near. */
  setArea(area: CellArea): void {
    this.area = area;
    if (this.frame === null) {
      this.paint(false);
    }
  }

  dispose(): void {
    this.themes.disconnect();
    if (this.frame !== null) {
      cancelAnimationFrame(this.frame);
    }
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
  }

  private onTheme(): void {
    this.sprites = null;
    this.request();
    // The sheet of the new theme may still be under way.
    this.timer ??= window.setTimeout(() => {
      this.timer = null;
      this.sprites = null;
      this.request();
    }, THEME_MS);
  }

  private request(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint(true);
    });
  }

  /** The tiles that belong into the page, as places `[row, column]` of their first square. */
  private needed({ grid, rows }: CellScene): readonly (readonly [number, number])[] {
    const { left, top, width, height } = this.area;
    const places: [number, number][] = [];
    const from = (at: number, size: number): number =>
      Math.max(0, Math.floor((at - MARGIN) / size));
    const lastRow = Math.min(rows.length - 1, (top + height + MARGIN) / ROW);
    const lastColumn = Math.min(grid.runs.length - 1, (left + width + MARGIN) / CELL);
    for (let row = from(top, HEIGHT) * TILE_ROWS; row <= lastRow; row += TILE_ROWS) {
      for (
        let column = from(left, WIDTH) * TILE_COLUMNS;
        column <= lastColumn;
        column += TILE_COLUMNS
      ) {
        places.push([row, column]);
      }
    }
    return places;
  }

  private paint(isAll: boolean): void {
    const { scene, tiles } = this;
    if (!scene || this.area.width <= 0) {
      return;
    }
    const scale = window.devicePixelRatio || 1;
    const isSharp = this.sprites?.scale === scale;
    const sprites = (this.sprites =
      isSharp && this.sprites ? this.sprites : new Sprites(this.host, scale));
    const places = this.needed(scene);
    const keys = new Set(places.map(String));
    for (const [key, tile] of tiles) {
      if (!keys.has(key)) {
        tiles.delete(key);
        tile.hidden = true;
        this.unused.push(tile);
      }
    }
    for (const [row, column] of places) {
      const key = String([row, column]);
      const known = tiles.get(key);
      const tile = known ?? this.unused.pop() ?? this.makeTile();
      if (isAll || !isSharp || !known) {
        tiles.set(key, tile);
        tile.style.transform = `translate(${column * CELL}px,${row * ROW}px)`;
        tile.hidden = false;
        this.paintTile(tile, scene, sprites, row, column);
      }
    }
    this.host.dataset['painted'] = String(scene.grid.seq);
  }

  private makeTile(): HTMLCanvasElement {
    const tile = document.createElement('canvas');
    tile.style.width = `${WIDTH}px`;
    tile.style.height = `${HEIGHT}px`;
    this.host.append(tile);
    return tile;
  }

  private paintTile(
    tile: HTMLCanvasElement,
    scene: CellScene,
    sprites: Sprites,
    firstRow: number,
    firstColumn: number
  ): void {
    const { scale } = sprites;
    const [width, height] = [Math.ceil(WIDTH * scale), Math.ceil(HEIGHT * scale)];
    if (tile.width !== width || tile.height !== height) {
      tile.width = width;
      tile.height = height;
    }
    const context = tile.getContext('2d');
    if (!context) {
      return;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const rows = scene.rows.slice(firstRow, firstRow + TILE_ROWS);
    const runs = scene.grid.runs.slice(firstColumn, firstColumn + TILE_COLUMNS);
    const chosen = this.selectedColumn - firstColumn;
    const lit = scene.highlight === null ? null : TASK_STATES.indexOf(scene.highlight);
    const place = (at: number, size: number): number => Math.round(at * size * scale);
    const fill = (colour: string, x: number, y: number, wide: number, high: number): void => {
      context.fillStyle = colour;
      context.fillRect(x, y, wide, high);
    };
    rows.forEach((row, at) => {
      if (row.kind !== 'task') {
        fill(sprites.groupColour, 0, place(at, ROW), place(runs.length, CELL), place(1, ROW));
      }
    });
    if (runs[chosen]) {
      context.globalAlpha = BAND;
      fill(sprites.brandColour, place(chosen, CELL), 0, place(1, CELL), place(rows.length, ROW));
      context.globalAlpha = 1;
    }
    let isFaint = false;
    rows.forEach((row, at) => {
      const y = place(at, ROW);
      runs.forEach((run, column) => {
        const code = cellCode(scene.grid, run, row);
        if (code < 0) {
          return;
        }
        const wantsFaint = lit !== null && lit !== code;
        if (wantsFaint !== isFaint) {
          isFaint = wantsFaint;
          context.globalAlpha = isFaint ? DIMMED : 1;
        }
        sprites.draw(context, code, isMany(run, row), place(column, CELL), y);
      });
    });
    context.globalAlpha = 1;
    if (runs[chosen] && scene.selectedTask !== null) {
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.strokeStyle = sprites.brandColour;
      context.lineWidth = 2;
      const x = chosen * CELL + (CELL - SQUARE) / 2;
      rows.forEach((row, at) => {
        if (row.kind === 'task' && row.id === scene.selectedTask) {
          context.strokeRect(x - 1, at * ROW + (ROW - SQUARE) / 2 - 2, SQUARE + 2, SQUARE + 4);
        }
      });
    }
  }
}
